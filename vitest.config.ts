import { defineConfig } from "vitest/config";

// Integration tests start real servers on shared cores, so their files run one after another.
// In CI, where the cores are shared with strangers too, a test that fails is tried once more;
// .ci/run names each that needed it, so that a fault that comes and goes is seen all the same.
const retry = process.env.CI ? 1 : 0;

export default defineConfig({
	test: {
		projects: [
			{ test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
			{
				test: {
					name: "integration",
					include: ["test/integration/**/*.test.ts"],
					fileParallelism: false,
					retry,
					testTimeout: 120_000,
					hookTimeout: 300_000,
				},
			},
		],
	},
});
