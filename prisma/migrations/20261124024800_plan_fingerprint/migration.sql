-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "plan_fingerprint" TEXT;

-- CreateIndex
CREATE INDEX "jobs_project_id_plan_fingerprint_id_idx" ON "jobs"("project_id", "plan_fingerprint", "id");
