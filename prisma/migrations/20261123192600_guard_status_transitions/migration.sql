-- The database refuses every change of a job's status that the table of transitions (packages/protocol) does not have.
-- A new transition needs a migration that replaces the function; a test compares the two.
CREATE FUNCTION guard_job_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (OLD.status::text || ' ' || NEW.status::text = ANY (ARRAY[
    'queued running',
    'queued paused',
    'queued cancelled',
    'queued failed',
    'running succeeded',
    'running failed',
    'running cancelled',
    'running paused',
    'running queued',
    'paused queued',
    'paused cancelled',
    'paused succeeded',
    'failed queued',
    'cancelled queued'
  ])) THEN
    RAISE EXCEPTION 'job %: no transition leads from % to %', NEW.id, OLD.status, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = 'running' AND NEW.attempt <> OLD.attempt + 1 THEN
    RAISE EXCEPTION 'job %: attempt % cannot follow attempt %', NEW.id, NEW.attempt, OLD.attempt USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER guard_job_status BEFORE UPDATE ON jobs FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION guard_job_status();

-- Only a claim makes a new attempt.
CREATE FUNCTION guard_job_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'job %: only a claim makes a new attempt', NEW.id USING ERRCODE = 'check_violation';
END
$$;

CREATE TRIGGER guard_job_attempt BEFORE UPDATE ON jobs FOR EACH ROW
  WHEN (OLD.attempt IS DISTINCT FROM NEW.attempt AND NOT (OLD.status = 'queued' AND NEW.status = 'running'))
  EXECUTE FUNCTION guard_job_attempt();
