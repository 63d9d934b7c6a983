import { BlockList, isIP } from 'node:net';

/*
 * Where a job may make this machine send requests to. A job's author is not the operator: a URL in a job must not reach
 * what only this machine's network can (other services, a cloud's metadata). So it is public addresses, and what the
 * operator has opened by name. Names are judged by the addresses that they resolve to, at the moment of connecting.
 */

/** IPv4: networks of RFC 6890's registry that are not globally reachable, multicast, and 6to4's relays. */
const closed4 = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24],
  ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3],
] as const) closed4.addSubnet(network, prefix, 'ipv4');

/** IPv6: global unicast is 2000::/3; of it, what tunnels IPv4 (2002::/16, Teredo), protocol assignments and documentation are not. */
const unicast6 = new BlockList();
unicast6.addSubnet('2000::', 3, 'ipv6');
const closed6 = new BlockList();
for (const [network, prefix] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) closed6.addSubnet(network, prefix, 'ipv6');

/** Whether an address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closed4.check(address, 'ipv4');
    case 6:
      return unicast6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');
    default:
      return false;
  }
}

/**
 * Whether the operator has opened a URL's host, whatever its address.
 *
 * @param allowed `host` for all of its ports, or `host:port`.
 */
export function isOpened(url: URL, allowed: readonly string[]): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return allowed.includes(url.hostname) || allowed.includes(`${url.hostname}:${port}`);
}
