/** What languages, states and categories are called, and how they look. */
import { Archive, Ban, CircleCheck, CircleDashed, CircleX, Clock, Eye, Pause } from "lucide-react";
import type { TemplateState } from "@/bindings";
import type { Tone } from "@/components/ui/kit";

/** Meta's codes, in Meta's order (docs/template-rules.md). */
export const LANGUAGES = (
	"af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA ar_SA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF nl " +
	"nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi " +
	"fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt " +
	"mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN " +
	"es_MX es_PA es_PE es_ES es_UY es_VE sw sv ta te th tr uk ur uz vi zu"
).split(" ");

export const STATES: readonly TemplateState[] = [
	"draft",
	"in_review",
	"pending",
	"approved",
	"rejected",
	"paused",
	"disabled",
	"archived",
	"unknown",
];

export const STATE_TONE: Record<TemplateState, Tone> = {
	draft: "line",
	in_review: "info",
	pending: "info",
	approved: "positive",
	rejected: "negative",
	paused: "warning",
	disabled: "negative",
	archived: "neutral",
	unknown: "warning",
};

export const STATE_ICON: Record<TemplateState, typeof Clock> = {
	draft: CircleDashed,
	in_review: Eye,
	pending: Clock,
	approved: CircleCheck,
	rejected: CircleX,
	paused: Pause,
	disabled: Ban,
	archived: Archive,
	unknown: CircleDashed,
};

export const QUALITY_TONE: Record<string, Tone> = {
	GREEN: "positive",
	YELLOW: "warning",
	RED: "negative",
};

export const QUALITIES = ["GREEN", "YELLOW", "RED", "UNKNOWN"] as const;
export const CATEGORIES = ["marketing", "utility", "authentication"] as const;
