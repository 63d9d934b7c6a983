/** Whether a file begins as a zip archive does, and so as a `.keras`; an `.h5` does not. */
export const isArchive = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
