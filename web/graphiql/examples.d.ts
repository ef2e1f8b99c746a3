/** Made of examples/*.graphql and examples/*.variables.json when the page is built. */
declare module 'virtual:examples' {
  export const EXAMPLES: readonly { readonly query: string; readonly variables?: string }[];
}
