import { lines, stat, states } from "./panel-kinds.js";
import { ofAgent, ofRun } from "./promql.js";

/** What a run on one machine shows here. */
const noValue = "No agents: one machine lives the plan";

/** Worker processes of agents alone: those of one machine have no agent. */
const onAgents = (metric: string) => ofAgent(metric, 'agent!=""');
const alive = ofAgent("livesoak_agent_participants", 'state="alive"');

/** The machines of a run over many: who is there, what each carries, and whether it keeps up. */
export function agentPanels() {
	return [
		stat({
			title: "How many agents live the plan?",
			description: "Agents of the run that have not been declared lost.",
			unit: "short",
			noValue,
			queries: [{ expr: `sum by (run) (${ofAgent("livesoak_agent_up")})`, legend: "{{run}}" }],
			span: 4,
			height: 8,
			base: "red",
			bounds: [{ from: 1, color: "green" }],
		}),
		stat({
			title: "How many agents are lost?",
			description:
				"Agents from which nothing was heard for their lease and 3 s (18 s, unless --lease says otherwise). Who was in a room there counts as lost; other agents live the rest only with onAgentLoss: replace.",
			unit: "short",
			noValue,
			queries: [{ expr: `sum by (run) (1 - ${ofAgent("livesoak_agent_up")})`, legend: "{{run}}" }],
			span: 4,
			height: 8,
			bounds: [{ from: 1, color: "red" }],
		}),
		states(
			{
				title: "Which agents are up?",
				description: "Each agent of the run: up, or lost from the moment it was declared so.",
				unit: "short",
				noValue,
				queries: [{ expr: ofAgent("livesoak_agent_up"), legend: "{{agent}} {{run}}" }],
				span: 16,
				base: "red",
				bounds: [{ from: 1, color: "green" }],
			},
			{ "0": "lost", "1": "up" },
		),
		lines({
			title: "How many participants does each agent carry, against the target?",
			description:
				"Alive on each agent, and on their way in on all; all alive together, against how many the plan wants of the whole run now. The target knows no agent: the plan is cut by seats.",
			unit: "short",
			min: 0,
			noValue,
			queries: [
				{ expr: alive, legend: "{{agent}} {{run}}" },
				{ expr: `sum by (run) (${alive})`, legend: "all {{run}}" },
				{
					expr: `sum by (run) (${ofAgent("livesoak_agent_participants", 'state="joining"')})`,
					legend: "joining {{run}}",
				},
				{
					expr: `${ofRun("livesoak_participants_target")} and on (run) ${ofAgent("livesoak_agent_up")}`,
					legend: "target {{run}}",
				},
			],
			span: 12,
		}),
		lines({
			title: "How many cores does each agent use?",
			description:
				"CPU of all worker processes of an agent in the last second, in cores. Its machine has as many as run.json says; the run is invalid where one agent uses more than 95 % of its own over the whole length, unless the scenario says otherwise.",
			unit: "short",
			decimals: 2,
			min: 0,
			noValue,
			queries: [
				{
					expr: `sum by (run, agent) (${onAgents("livesoak_worker_cpu_ratio")})`,
					legend: "{{agent}} {{run}}",
				},
			],
			span: 12,
		}),
		lines({
			title: "How late is the event loop of each agent?",
			description:
				"p99 of the event-loop delay in the last second, of an agent's worst worker. A run is invalid where it is above 100 ms over the whole run on any one agent, unless its scenario says otherwise.",
			unit: "s",
			min: 0,
			noValue,
			queries: [
				{
					expr: `max by (run, agent) (${onAgents("livesoak_worker_lag_p99_seconds")})`,
					legend: "{{agent}} {{run}}",
				},
			],
			bounds: [{ from: 0.1, color: "red" }],
			span: 8,
		}),
		lines({
			title: "How long ago was each agent heard?",
			description:
				"Since its last message, by the clock of the machine that leads the run. An agent says something each second: from 3 s on its reports are behind, and after its lease and 3 s (18 s, unless --lease says otherwise) it is lost.",
			unit: "s",
			min: 0,
			noValue,
			queries: [
				{ expr: ofAgent("livesoak_agent_report_age_seconds"), legend: "{{agent}} {{run}}" },
			],
			bounds: [
				{ from: 3, color: "yellow" },
				{ from: 18, color: "red" },
			],
			span: 8,
		}),
		lines({
			title: "How far is each agent's clock from that of Redis?",
			description:
				"Redis's clock minus the agent's, as the agent measured it before the run. livesoak takes it into account: the agents begin together all the same.",
			unit: "s",
			noValue,
			queries: [
				{ expr: ofAgent("livesoak_agent_clock_offset_seconds"), legend: "{{agent}} {{run}}" },
			],
			span: 8,
		}),
	];
}
