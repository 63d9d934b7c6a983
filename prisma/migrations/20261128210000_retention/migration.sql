-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "prune_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "object_uses" (
    "job_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,

    CONSTRAINT "object_uses_pkey" PRIMARY KEY ("job_id","key")
);

-- CreateIndex
CREATE INDEX "object_uses_key_idx" ON "object_uses"("key");

-- CreateIndex
CREATE INDEX "object_uses_owner_id_idx" ON "object_uses"("owner_id");

-- CreateIndex
CREATE INDEX "jobs_expires_at_idx" ON "jobs"("expires_at");

-- CreateIndex
CREATE INDEX "jobs_prune_at_idx" ON "jobs"("prune_at");

-- AddForeignKey
ALTER TABLE "object_uses" ADD CONSTRAINT "object_uses_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Jobs that are there already may work from others' checkpoints, too.
INSERT INTO "object_uses" ("job_id", "key", "owner_id")
SELECT DISTINCT jobs.id, weights->'from'->>'key', weights->'from'->>'job'
FROM jobs, json_array_elements(CASE WHEN json_typeof(jobs.spec->'weights') = 'array' THEN jobs.spec->'weights' ELSE '[]' END) AS weights
WHERE jobs.status NOT IN ('succeeded', 'failed', 'cancelled') AND weights->'from'->>'key' IS NOT NULL;

INSERT INTO "object_uses" ("job_id", "key", "owner_id")
SELECT jobs.id, named.key, jobs.spec->'continued'->>'job'
FROM jobs, unnest(ARRAY[jobs.spec->'continued'->>'key', jobs.spec->'continued'->>'data_key']) AS named (key)
WHERE jobs.status NOT IN ('succeeded', 'failed', 'cancelled') AND named.key IS NOT NULL
ON CONFLICT DO NOTHING;
