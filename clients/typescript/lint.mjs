// Lints a description: `node lint.mjs openapi.json`. Says what it finds, and fails if that is anything.
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    // The server is where the description came from.
    'no-server-example.com': 'off',
    'operation-4xx-response': 'error',
    'tag-description': 'off',
    'paths-kebab-case': 'off',
  },
});
const problems = await lint({ ref: process.argv[2], config });
for (const problem of problems) {
  console.log(`${problem.severity} ${problem.ruleId} ${problem.location[0]?.pointer ?? ''}: ${problem.message}`);
}
process.exitCode = problems.length === 0 ? 0 : 1;
