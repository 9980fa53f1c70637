/** Made at build time by client/viridis-plugin.ts. */
declare module 'virtual:viridis' {
  /** 256 colours, RRGGBB each. */
  export const VIRIDIS_HEX: string;
}
