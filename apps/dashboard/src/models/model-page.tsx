import { Button, Skeleton, Stack, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ModelResource } from '@trainyard/protocol';
import { useState, type ReactNode } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatAge, formatTime } from '../format/time.js';
import { useClient } from '../session/api-context.js';
import { Confirm } from '../shell/confirm.js';
import { PageHead } from '../shell/page-head.js';
import { useSay } from '../shell/messages.js';
import { draftOf } from './alias-draft.js';
import { AskIt } from './ask-it.js';
import { allModelsKey, modelKey } from './model-keys.js';
import { SetAlias } from './set-alias.js';
import { ShadowReport } from './shadow-report.js';
import { SplitView } from './split-view.js';
import { useShowModel } from './use-show-model.js';
import { Versions } from './versions.js';

/** Shadows are counted while one looks. */
const pollMs = 5_000;

/** What answers under one name, what did before, and how to ask it. */
export function ModelPage() {
  const { name } = useParams({ from: '/models/$name' });
  const client = useClient();
  const { data: model, error } = useQuery({ queryKey: modelKey(name), queryFn: () => client.models.get(name), refetchInterval: pollMs });
  if (model === undefined) return error === null ? <Skeleton h={240} aria-label="Loading" /> : <ProblemView error={error} />;
  const { version, split, shadow, updated_at: since } = model;
  return (
    <Stack gap="lg">
      <div>
        <PageHead title={name}>
          <Actions model={model} />
        </PageHead>
        <p className="under-head quiet" title={formatTime(since)}>
          Version {version} answers, since {formatAge(since)}.
        </p>
      </div>
      {error !== null && <ProblemView error={error} />}
      <Section title="Answers">
        <SplitView split={split} />
        {shadow !== null && <ShadowReport shadow={shadow} />}
      </Section>
      <Section title="Versions">
        <Versions model={model} />
      </Section>
      <Section title="Ask it">
        <AskIt name={name} version={version} />
      </Section>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Actions({ model }: { model: ModelResource }) {
  const { name, version, versions } = model;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const say = useSay();
  const [changing, setChanging] = useState(false);
  const earlier = versions.find((one) => one.version < version);
  const show = useShowModel();
  const rollBack = async (): Promise<void> => {
    try {
      const changed = await client.models.rollBack(name);
      show(changed);
      say.success(`${name} is version ${changed.version} again`);
    } catch (thrown) {
      say.error(`${name} was not rolled back`, thrown);
    }
  };
  const remove = async (): Promise<void> => {
    try {
      await client.models.delete(name);
      await navigate({ to: '/models' });
      await queries.invalidateQueries({ queryKey: allModelsKey });
      queries.removeQueries({ queryKey: modelKey(name) });
    } catch (thrown) {
      say.error(`${name} was not deleted`, thrown);
    }
  };
  return (
    <>
      <Button size="xs" renderRoot={(props) => <Link to="/predict" search={{ model: name }} {...props} />}>
        Predict
      </Button>
      <Button size="xs" variant="light" onClick={() => setChanging(true)}>
        Move or split
      </Button>
      {earlier !== undefined && <Confirm label="Roll back" colour="indigo" question={`Roll back to version ${earlier.version}?`} explanation={`Version ${earlier.version} answers again, from the next request on; version ${version} stays, so this can be taken back.`} onConfirm={rollBack} />}
      <Confirm label="Delete" question={`Delete the name ${name}?`} explanation="Whoever asks it is refused from then on. The jobs and checkpoints that it named stay." onConfirm={remove} />
      {changing && <SetAlias title={`What answers under ${name}`} name={name} draft={draftOf(model)} onClose={() => setChanging(false)} onSet={show} />}
    </>
  );
}
