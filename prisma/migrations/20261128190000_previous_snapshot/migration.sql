-- AlterTable
ALTER TABLE "jobs" ADD COLUMN "previous_snapshot" JSON;
