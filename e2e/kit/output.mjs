// Where screenshots and logs go.

import path from 'node:path';

export const output = process.env.TONGBAN_E2E_OUTPUT ?? path.resolve(import.meta.dirname, '../../target/e2e');
