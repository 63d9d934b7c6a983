-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "webhook_disabled_at" TIMESTAMPTZ(3);

-- AlterTable: a default of the database also gives projects that exist a secret each, and those that an older version makes.
ALTER TABLE "projects" ADD COLUMN     "previous_webhook_secret" TEXT,
ADD COLUMN     "webhook_secret" TEXT NOT NULL DEFAULT ('whsec_'::text || encode(decode(replace(((gen_random_uuid())::text || (gen_random_uuid())::text), '-'::text, ''::text), 'hex'::text), 'base64'::text)),
ADD COLUMN     "webhook_secret_changed_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "begun" INTEGER NOT NULL DEFAULT 0,
    "tries" JSON NOT NULL DEFAULT '[]',
    "next_try_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "webhook_deliveries_job_id_id_idx" ON "webhook_deliveries"("job_id", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_next_try_at_idx" ON "webhook_deliveries"("next_try_at");

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
