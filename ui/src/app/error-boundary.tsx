import { Component, type ReactNode } from "react";
import { Failure } from "@/components/failure";
import { type AppError, toAppError } from "@/lib/ipc";

/**
 * The last net, around the router, which catches the faults of single screens by itself: a fault of
 * the window's own frame says so in the person's language, and can be tried again.
 */
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
