import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
	plugins: [react(), tailwindcss()],
	resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
	clearScreen: false,
	// WebKitGTK and WebView2 as old as the oldest systems that Rumbo runs on.
	build: { target: ["es2022", "safari16"], chunkSizeWarningLimit: 2000, sourcemap: false },
	server: { port: 5173, strictPort: true },
	test: {
		environment: "jsdom",
		globals: true,
		setupFiles: ["src/testing/setup.ts"],
		css: false,
	},
});
