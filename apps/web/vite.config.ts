import { defineConfig } from "vite";
import { precompress } from "./precompress";

// The api's Content-Security-Policy allows only files of its own origin: nothing may be inlined.
export default defineConfig({
  plugins: [precompress()],
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2021",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
  },
  server: {
    proxy: {
      "/api": process.env.ASPECTAVY_API ?? "http://127.0.0.1:3001",
      "/auth": process.env.ASPECTAVY_API ?? "http://127.0.0.1:3001",
    },
  },
});
