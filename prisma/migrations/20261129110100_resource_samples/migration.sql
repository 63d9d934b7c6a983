-- CreateTable
CREATE TABLE "resource_samples" (
    "job_id" TEXT NOT NULL,
    "tick" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cpu_percent" REAL NOT NULL,
    "memory_mb" INTEGER NOT NULL,
    "memory_limit_mb" INTEGER,
    "gpu_memory_mb" INTEGER,

    CONSTRAINT "resource_samples_pkey" PRIMARY KEY ("job_id","tick","attempt")
);

-- AddForeignKey
ALTER TABLE "resource_samples" ADD CONSTRAINT "resource_samples_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
