import { Component, type ReactNode } from "react";
import { Failure } from "@/components/failure";
import { type AppError, toAppError } from "@/lib/ipc";

/** A fault in a screen stays in that screen, says so, and can be tried again. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: AppError | null }> {
	state: { error: AppError | null } = { error: null };

	static getDerivedStateFromError(error: unknown) {
		return { error: toAppError(error) };
	}

	render() {
		const { error } = this.state;
		if (!error) return this.props.children;
		return (
			<div className="grid h-full">
				<Failure error={error} retry={() => this.setState({ error: null })} />
			</div>
		);
	}
}
