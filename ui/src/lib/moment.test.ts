import { endOfDayBefore, momentAgo, momentAt } from "./moment";

const ZONE = "America/Argentina/Buenos_Aires";
const NOW = Date.parse("2026-03-31T01:30:45Z");

test("a day and a time are those of the workspace's zone, also where clocks are set", () => {
	expect(momentAt(ZONE, "2026-11-18", "21:00")).toBe("2026-11-19T00:00:00.000Z");
	expect(momentAt("Asia/Kolkata", "2026-11-18", "00:00")).toBe("2026-11-17T18:30:00.000Z");
	// Madrid is two hours ahead of UTC until 3:00 on 25 October 2026, and one hour from 2:00 on.
	expect(momentAt("Europe/Madrid", "2026-10-25", "00:00")).toBe("2026-10-24T22:00:00.000Z");
	expect(momentAt("Europe/Madrid", "2026-10-25", "12:00")).toBe("2026-10-25T11:00:00.000Z");
	expect(momentAt("Europe/Madrid", "2026-03-29", "12:00")).toBe("2026-03-29T10:00:00.000Z");
	expect(momentAt("Europe/Madrid", "2026-03-29", "00:30")).toBe("2026-03-28T23:30:00.000Z");
});

test("how long ago is counted on the workspace's calendar", () => {
	// It is still 30 March there.
	expect(endOfDayBefore(ZONE, NOW)).toBe("2026-03-30T03:00:00.000Z");
	expect(momentAgo(ZONE, NOW, "yesterday")).toBe("2026-03-30T03:00:00.000Z");
	expect(momentAgo(ZONE, NOW, "week")).toBe("2026-03-24T01:30:00.000Z");
	expect(momentAgo(ZONE, NOW, "month")).toBe("2026-03-01T01:30:00.000Z");
	// 22:30 on the last of February: there is no 30th.
	expect(momentAgo("UTC", NOW, "month")).toBe("2026-02-28T01:30:00.000Z");
});
