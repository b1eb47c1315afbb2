import { test } from "vitest";
import { AddTrackRequest, SignalTarget, SyncState, TrackSource, TrackType } from "@livekit/protocol";
import { PeerConnection, Audio, RtpPacketizationConfig } from "node-datachannel";
import * as ndc from "node-datachannel";
import { startLiveKit } from "../../src/backend/start-livekit.js";
import { systemClock } from "../../src/clock/system-clock.js";
import { SignalClient } from "../../src/engine/lite/signal/signal-client.js";
import { tokenFor } from "./lite-signal-rig.js";
import { appendFileSync } from "node:fs";
const out = (...a: unknown[]) => appendFileSync("/tmp/v150-probe.log", a.map((x) => typeof x === "string" ? x : JSON.stringify(x)).join(" ") + "\n");
test.each(["v1.5.0"])("media %s", async (v) => {
	out("=====", v);
	const server = { url: "ws://127.0.0.1:17990", apiKey: "devkeydevkey", apiSecret: "secretsecretsecretsecretsecretsecret12", logTail: () => [] as string[], stop: async () => {} };
	const keep: unknown[] = [];
	const lite = async (name: string, publish: boolean) => {
		let received = 0; let sub: PeerConnection | undefined; let pub: PeerConnection | undefined;
		const held: [string, string][] = [];
		const client: SignalClient = new SignalClient({
			url: server.url, token: await tokenFor(server, "r", name), autoSubscribe: true, clientVersion: "0", tlsInsecure: false, clock: systemClock, signal: new AbortController().signal,
			listener: new Proxy({
				onJoin: (j: any) => { out(name, "join", j.serverInfo?.version, "subPrimary", j.subscriberPrimary); if (publish) client.send.addTrack(new AddTrackRequest({ cid: "mic", name: "mic", type: TrackType.AUDIO, source: TrackSource.MICROPHONE })); },
				onResumed: () => new SyncState(),
				onTrackPublished: (cid: string, t: any) => {
					out(name, "published", cid, t.sid);
					pub = new PeerConnection("pub", { iceServers: [], disableAutoNegotiation: true }); keep.push(pub);
					const audio = new Audio("0", "SendOnly"); audio.addOpusCodec(111); audio.addSSRC(4242, "mic-cname", "stream", "mic");
					const track = pub.addTrack(audio); keep.push(track);
					pub.onLocalCandidate((c, mid) => { held.push([c, mid]); });
					pub.onStateChange((s) => out(name, "pub", s));
					let seq = 0;
					track.onOpen(() => { out(name, "track open"); keep.push(setInterval(() => {
						const b = Buffer.alloc(12 + 40); b[0] = 0x80; b[1] = 111; b.writeUInt16BE(seq & 0xffff, 2); b.writeUInt32BE((seq * 960) >>> 0, 4); b.writeUInt32BE(4242, 8); b[12] = 0x78; b.fill(7, 13); seq++;
						if (track.isOpen()) track.sendMessageBinary(b);
					}, 20)); });
					pub.setLocalDescription("offer" as never);
					const sdp = pub.localDescription()!.sdp; out(sdp);
					client.send.offer(sdp, 1);
				},
				onAnswer: ({ sdp }: any) => { out(name, "ANSWER", sdp); pub!.setRemoteDescription(sdp, "answer" as never); setTimeout(() => { for (const [c, mid] of held) client.send.trickle(SignalTarget.PUBLISHER, JSON.stringify({ candidate: c.replace(/^a=/, ""), sdpMid: mid, sdpMLineIndex: 0 })); }, 100); },
				onOffer: ({ sdp, id }: any) => {
					out(name, "OFFER", sdp);
					if (!sub) {
						sub = new PeerConnection("sub", { iceServers: [], disableAutoNegotiation: true, forceMediaTransport: true }); keep.push(sub);
						sub.onLocalCandidate((c, mid) => client.send.trickle(SignalTarget.SUBSCRIBER, JSON.stringify({ candidate: c.replace(/^a=/, ""), sdpMid: mid, sdpMLineIndex: 0 })));
						sub.onStateChange((s) => out(name, "sub", s));
						sub.onTrack((t) => { keep.push(t); out(name, "onTrack", t.mid(), t.direction()); t.onMessage(() => { received++; }); });
					}
					try {
						sub.setRemoteDescription(sdp, "offer" as never); sub.setLocalDescription("answer" as never);
						const a = sub.localDescription()!.sdp; out(name, "MYANSWER", a); client.send.answer(a, id);
					} catch (e) { out(name, "offer failed", String(e)); }
				},
				onTrickle: (target: number, init: string) => { try { const { candidate, sdpMid } = JSON.parse(init); (target === 0 ? pub : sub)?.addRemoteCandidate(candidate, sdpMid ?? "0"); } catch (e) { out(name, "trickle", String(e)); } },
				onDisconnected: (_: number, f: any) => out(name, "disconnected", f),
			} as any, { get: (t: any, k) => t[k] ?? (() => {}) }),
		});
		await client.join();
		return { client, count: () => received };
	};
	const ann = await lite("ann", true);
	await new Promise((r) => setTimeout(r, 1500));
	const bob = await lite("bob", false);
	await new Promise((r) => setTimeout(r, 6000));
	out("RECEIVED", bob.count());
	out(server.logTail().slice(-40).join("\n"));
	await ann.client.leave(); await bob.client.leave();
	for (const k of keep) { if (k instanceof PeerConnection) k.close(); else if (!(k as any).mid) clearInterval(k as any); }
	await server.stop();
});
