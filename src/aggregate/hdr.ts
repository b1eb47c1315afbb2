// The parts of hdr-histogram-js that are used, by their own files: its index also makes a log writer, whose number
// format alone takes 15 ms of every start of every process.
export { encodeIntoCompressedBase64 } from "hdr-histogram-js/dist/encoding.js";
export { build } from "hdr-histogram-js/dist/HistogramBuilder.js";
