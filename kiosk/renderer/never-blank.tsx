import { Component, type ComponentChildren } from 'preact';
import type { Translate } from '../../ui/i18n.ts';
import type { KeyOfKiosk } from './key.ts';

interface NeverBlankProps {
  readonly t: Translate<KeyOfKiosk>;
  /** Puts away what may have been damaged, before the page starts anew. */
  readonly onBroken: () => void;
  readonly children: ComponentChildren;
}

/** Whatever breaks while drawing, the shopper reads a welcome, and five seconds later the page starts anew. */
export class NeverBlank extends Component<NeverBlankProps, { broken: boolean }> {
  override state = { broken: false };

  override componentDidCatch(error: unknown): void {
    console.error('a screen could not be drawn', error);
    this.setState({ broken: true });
    this.props.onBroken();
    window.setTimeout(() => location.reload(), 5_000);
  }

  render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main class="attract attract-empty">
        <h1>{this.props.t('attract.welcome')}</h1>
        <p>{this.props.t('attract.soon')}</p>
      </main>
    );
  }
}
