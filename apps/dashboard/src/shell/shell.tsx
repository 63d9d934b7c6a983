import { ActionIcon, AppShell, Badge, Burger, Group, NavLink, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import icon from '../icon.svg';
import { useConnected } from '../connection/connection.js';
import { useHeartbeat } from '../connection/heartbeat.js';
import { LostNotice } from '../connection/lost-notice.js';
import { useApi } from '../session/api-context.js';
import { Shortcuts } from './shortcuts.js';

const places = [
  { to: '/', label: 'Jobs', isHere: (path: string) => path === '/' || path.startsWith('/jobs') },
  { to: '/new', label: 'New job', isHere: (path: string) => path === '/new' },
  { to: '/compare', label: 'Compare', isHere: (path: string) => path === '/compare' },
  { to: '/predict', label: 'Predict', isHere: (path: string) => path === '/predict' },
  { to: '/models', label: 'Models', isHere: (path: string) => path.startsWith('/models') },
  { to: '/datasets', label: 'Datasets', isHere: (path: string) => path.startsWith('/datasets') },
  { to: '/files', label: 'Files', isHere: (path: string) => path === '/files' },
  { to: '/keys', label: 'API keys', isHere: (path: string) => path === '/keys' },
  { to: '/health', label: 'Health', isHere: (path: string) => path === '/health' },
] as const;

/** What is around every page: where one can go, whether the server answers, light or dark. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const [helps, help] = useDisclosure();
  const { url, apiKey, logOut } = useApi();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const navigate = useNavigate();
  useHeartbeat(url);
  useHotkeys([
    ['?', help.toggle],
    ['shift+?', help.toggle],
    ['n', () => void navigate({ to: '/new' })],
    ['g', () => void navigate({ to: '/' })],
    ['p', () => void navigate({ to: '/predict' })],
    ['m', () => void navigate({ to: '/models' })],
    ['d', () => void navigate({ to: '/datasets' })],
  ]);
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 180, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'sm', sm: 'lg' }}>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={opened ? 'Close the menu' : 'Open the menu'} />
            <Link to="/" className="brand">
              <img src={icon} width={26} height={26} alt="" />
              Trainyard
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Connection />
            <ActionIcon variant="subtle" color="gray" visibleFrom="sm" onClick={help.open} aria-label="Keyboard shortcuts">
              ?
            </ActionIcon>
            <ColorScheme />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <AppShell.Section grow>
          {places.map(({ to, label, isHere }) => (
            <NavLink key={to} renderRoot={(props) => <Link to={to} {...props} />} label={label} active={isHere(path)} onClick={close} className="place" {...(isHere(path) ? { 'aria-current': 'page' as const } : {})} />
          ))}
        </AppShell.Section>
        <AppShell.Section>
          <NavLink component="a" href={`${url}guide`} target="_blank" rel="noreferrer" label="Guide" className="place" />
          <NavLink component="a" href={`${url}docs`} target="_blank" rel="noreferrer" label="API documentation" className="place" />
          {apiKey !== undefined && <NavLink component="button" type="button" label="Log out" onClick={logOut} className="place" />}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main>
        <LostNotice />
        <Outlet />
      </AppShell.Main>
      <Shortcuts opened={helps} onClose={help.close} />
    </AppShell>
  );
}

function Connection() {
  const connected = useConnected();
  return (
    <div role="status" aria-live="polite">
      {connected ? (
        <Tooltip label="The server answers">
          <Text span size="xs" className="quiet" data-testid="connected">
            <span className="dot" /> <Text span inherit visibleFrom="sm">connected</Text>
          </Text>
        </Tooltip>
      ) : (
        <Badge color="red" variant="filled" data-testid="disconnected">
          disconnected
        </Badge>
      )}
    </div>
  );
}

function ColorScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon variant="subtle" color="gray" onClick={() => setColorScheme(other)} aria-label={`Show in ${other} colours`}>
      {scheme === 'dark' ? '☀' : '☾'}
    </ActionIcon>
  );
}
