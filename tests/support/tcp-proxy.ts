export { openTcpProxy, type TcpProxy } from '@trainyard/stack';
