-- CreateTable
CREATE TABLE "aliases" (
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "newest" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "moved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "aliases_pkey" PRIMARY KEY ("project_id","name")
);

-- CreateTable
CREATE TABLE "alias_versions" (
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "shadow_asked" INTEGER NOT NULL DEFAULT 0,
    "shadow_different" INTEGER NOT NULL DEFAULT 0,
    "shadow_failed" INTEGER NOT NULL DEFAULT 0,
    "shadow_skipped" INTEGER NOT NULL DEFAULT 0,
    "shadow_max_difference" DOUBLE PRECISION,

    CONSTRAINT "alias_versions_pkey" PRIMARY KEY ("project_id","name","version")
);

-- CreateTable
CREATE TABLE "alias_targets" (
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "weight" DOUBLE PRECISION,
    "job_id" TEXT,
    "uri" TEXT,
    "source_sha256" TEXT,
    "checkpoint_id" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "signature" JSON NOT NULL,

    CONSTRAINT "alias_targets_pkey" PRIMARY KEY ("project_id","name","version","position")
);

-- CreateIndex
CREATE INDEX "alias_targets_job_id_idx" ON "alias_targets"("job_id");

-- CreateIndex
CREATE INDEX "alias_targets_key_idx" ON "alias_targets"("key");

-- CreateIndex
CREATE INDEX "alias_targets_checkpoint_id_idx" ON "alias_targets"("checkpoint_id");

-- AddForeignKey
ALTER TABLE "aliases" ADD CONSTRAINT "aliases_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alias_versions" ADD CONSTRAINT "alias_versions_project_id_name_fkey" FOREIGN KEY ("project_id", "name") REFERENCES "aliases"("project_id", "name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alias_targets" ADD CONSTRAINT "alias_targets_project_id_name_version_fkey" FOREIGN KEY ("project_id", "name", "version") REFERENCES "alias_versions"("project_id", "name", "version") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alias_targets" ADD CONSTRAINT "alias_targets_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE NO ACTION ON UPDATE CASCADE;
