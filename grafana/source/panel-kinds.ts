import { PanelBuilder as BarGaugePanel } from "@grafana/grafana-foundation-sdk/bargauge";
import {
	BarGaugeDisplayMode,
	BigValueColorMode,
	BigValueGraphMode,
	GraphDrawStyle,
	GraphThresholdsStyleConfigBuilder,
	GraphThresholdsStyleMode,
	HeatmapCellLayout,
	LegendDisplayMode,
	LegendPlacement,
	ReduceDataOptionsBuilder,
	StackingConfigBuilder,
	StackingMode,
	TooltipDisplayMode,
	VisibilityMode,
	VizLegendOptionsBuilder,
	VizOrientation,
	VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import {
	PanelBuilder as HeatMapPanel,
	HeatmapColorMode,
	HeatmapColorOptionsBuilder,
	RowsHeatmapOptionsBuilder,
	YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StatesPanel } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as LinesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import {
	PanelBuilder as ScatterPanel,
	SeriesMapping,
	XYShowMode,
} from "@grafana/grafana-foundation-sdk/xychart";
import { dressed, type PanelSpec } from "./panel.js";

const latest = () => new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false);

const legend = () =>
	new VizLegendOptionsBuilder()
		.displayMode(LegendDisplayMode.Table)
		.placement(LegendPlacement.Bottom)
		.showLegend(true)
		.calcs(["lastNotNull", "max"]);

/** Figures over time. */
export function lines(spec: PanelSpec): LinesPanel {
	const panel = dressed(new LinesPanel(), spec)
		.legend(legend())
		.tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
		.lineWidth(2)
		.showPoints(VisibilityMode.Auto);
	return spec.bounds === undefined
		? panel
		: panel.thresholdsStyle(
				new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed),
			);
}

/** Counts over time, on top of each other. */
export function stacked(spec: PanelSpec): LinesPanel {
	return lines(spec)
		.drawStyle(GraphDrawStyle.Bars)
		.fillOpacity(70)
		.lineWidth(0)
		.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
}

/** The figure of now, large. */
export function stat(spec: PanelSpec, words: Readonly<Record<string, string>> = {}): StatPanel {
	return dressed(new StatPanel(), { height: 4, ...spec })
		.reduceOptions(latest())
		.colorMode(BigValueColorMode.Background)
		.graphMode(BigValueGraphMode.None)
		.mappings(mappingsOf(words));
}

/** The figures of now beside each other. */
export function bars(spec: PanelSpec): BarGaugePanel {
	return dressed(new BarGaugePanel(), spec)
		.reduceOptions(latest())
		.displayMode(BarGaugeDisplayMode.Basic)
		.orientation(VizOrientation.Horizontal);
}

/** How many readings fell into which bucket, in each step of time; the queries give one series a `le`. */
export function heatMap(spec: PanelSpec): HeatMapPanel {
	return dressed(new HeatMapPanel(), spec, PromQueryFormat.Heatmap)
		.calculate(false)
		.rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Auto))
		.yAxis(new YAxisConfigBuilder().unit(spec.unit))
		.color(
			new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Oranges").steps(64),
		)
		.showLegend();
}

/** States over time, a row each. */
export function states(spec: PanelSpec, words: Readonly<Record<string, string>>): StatesPanel {
	return dressed(new StatesPanel(), spec)
		.mappings(mappingsOf(words))
		.showValue(VisibilityMode.Auto)
		.mergeValues(true);
}

/** The second query and those after it against the first, a dot for each moment. */
export function scatter(spec: PanelSpec): ScatterPanel {
	return dressed(new ScatterPanel(), spec)
		.withTransformation({ id: "joinByField", options: { byField: "Time", mode: "inner" } })
		.mapping(SeriesMapping.Auto)
		.show(XYShowMode.Points);
}

function mappingsOf(words: Readonly<Record<string, string>>): ValueMapping[] {
	const options = Object.fromEntries(
		Object.entries(words).map(([value, text], index) => [value, { text, index }]),
	);
	return Object.keys(words).length === 0 ? [] : [{ type: MappingType.ValueToText, options }];
}
