import { Button, type ButtonProps } from '@mantine/core';
import type { Pages } from './use-pages.js';

interface Props extends Pick<ButtonProps, 'mt' | 'w'> {
  readonly query: Pages<unknown>['query'];
  readonly label: string;
}

/** Asks for a list's next page, where there is one. */
export function MoreButton({ query, label, ...rest }: Props) {
  if (!query.hasNextPage) return null;
  return (
    <Button variant="light" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} {...rest}>
      {label}
    </Button>
  );
}
