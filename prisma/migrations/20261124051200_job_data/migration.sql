-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "data_key" TEXT;
