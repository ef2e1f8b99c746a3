import type { CodegenConfig } from '@graphql-codegen/cli';

/** Reads the schema from the repository; a front end of its own reads it from the gateway: `http://…/schema.graphql`, or `/graphql` by introspection. */
const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/gql/**'],
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        // How the gateway's own scalars come in JSON.
        scalars: { DateTime: 'string', Date: 'string' },
        strictScalars: true,
        useTypeImports: true,
        enumsAsTypes: true,
      },
    },
  },
};
export default config;
