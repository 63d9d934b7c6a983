-- AlterTable
ALTER TABLE "jobs" ADD COLUMN "result" JSON;

-- CreateTable
CREATE TABLE "prediction_parts" (
    "job_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "step" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "arrays" JSON NOT NULL,

    CONSTRAINT "prediction_parts_pkey" PRIMARY KEY ("job_id","number")
);

-- AddForeignKey
ALTER TABLE "prediction_parts" ADD CONSTRAINT "prediction_parts_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
