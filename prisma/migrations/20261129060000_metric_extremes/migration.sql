-- CreateTable
CREATE TABLE "metric_extremes" (
    "job_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "block" INTEGER NOT NULL,
    "low" DOUBLE PRECISION NOT NULL,
    "low_step" INTEGER NOT NULL,
    "high" DOUBLE PRECISION NOT NULL,
    "high_step" INTEGER NOT NULL,

    CONSTRAINT "metric_extremes_pkey" PRIMARY KEY ("job_id","key","block")
);

-- AddForeignKey
ALTER TABLE "metric_extremes" ADD CONSTRAINT "metric_extremes_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The steps that are there. Of equal values the first step counts.
INSERT INTO "metric_extremes" ("job_id", "key", "block", "low", "low_step", "high", "high_step")
SELECT "job_id", "key", "block", "low"[1], "low"[2]::int, "high"[1], -"high"[2]::int
FROM (
    SELECT "job_id", metric."key", "step" / 256 AS "block",
        min(ARRAY[metric."value"::float8, "step"]) AS "low", max(ARRAY[metric."value"::float8, -"step"]) AS "high"
    FROM "metric_rows", json_each_text("metrics") AS metric
    WHERE metric."value" IS NOT NULL
    GROUP BY "job_id", metric."key", "step" / 256
) AS extremes;
