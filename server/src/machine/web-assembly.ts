/** Types for the parts of WebAssembly used here. TypeScript has them only in the DOM library. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

export const { Memory, Module, Instance } = (
  globalThis as unknown as {
    WebAssembly: {
      readonly Memory: new (descriptor: { initial: number }) => WasmMemory;
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (
        module: object,
        imports: Record<string, Record<string, unknown>>,
      ) => { readonly exports: Record<string, unknown> };
    };
  }
).WebAssembly;
