import { Kbd, Modal, Table } from '@mantine/core';

const shortcuts = [
  ['g', 'the list of jobs'],
  ['n', 'a new job'],
  ['p', 'predict'],
  ['m', 'models'],
  ['d', 'datasets'],
  ['/', 'in the list: search by name'],
  ['j, k', 'in the list: next job, job before'],
  ['x', 'in the list: select the job, or no more'],
  ['Enter', 'in the list: open the job'],
  ['?', 'this list'],
] as const;

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Table>
        <Table.Tbody>
          {shortcuts.map(([keys, what]) => (
            <Table.Tr key={keys}>
              <Table.Td w={80}>
                {keys.split(', ').map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
