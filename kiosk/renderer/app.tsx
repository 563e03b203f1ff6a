import { useEffect } from 'preact/hooks';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import { Threshold, type Opening } from '../../ui/threshold.tsx';
import { Attract } from './attract.tsx';
import { Browse } from './browse.tsx';
import { Footer } from './footer.tsx';
import { Forgotten } from './forget-me.tsx';
import { IdleWarning } from './idle-warning.tsx';
import { Note } from './note.tsx';
import { Prompt } from './prompt.tsx';
import type { ScreenProps } from './screen-props.ts';
import { Session } from './session.tsx';
import type { View } from './view.ts';

const openings: Record<View['kind'], Opening> = {
  attract: 'closed',
  browse: 'closed',
  prompt: 'ajar',
  session: 'open',
};

export function App(props: ScreenProps) {
  const { kiosk, i18n, exposures } = props;
  const view = kiosk.view.value;
  const frame = kiosk.frame.value;
  const note = kiosk.note.value;
  const isForgetting = kiosk.forgetting.step.value !== undefined;
  const isCovered = note !== undefined || kiosk.warning.value !== undefined || isForgetting;
  useEffect(() => exposures.look());
  return (
    <div class="kiosk" data-view={view.kind}>
      <header class="kiosk-header" inert={isCovered}>
        <p class="kiosk-name">{frame.storeName}</p>
        {frame.simulated && <SimulatedMark t={i18n.t} />}
      </header>
      <Threshold opening={openings[view.kind]} />
      <main class="kiosk-main" inert={isCovered}>
        <Screen {...props} view={view} />
      </main>
      {note !== undefined && <Note {...props} note={note} />}
      <IdleWarning {...props} />
      <Forgotten {...props} />
      <Footer frame={frame} i18n={i18n} />
    </div>
  );
}

function Screen({ view, ...props }: ScreenProps & { readonly view: View }) {
  switch (view.kind) {
    case 'attract':
      return <Attract {...props} cards={view.cards} />;
    case 'browse':
      return <Browse {...props} cards={view.cards} decisionId={view.decisionId} />;
    case 'prompt':
      return <Prompt {...props} offers={view.offers} challenge={view.challenge} />;
    case 'session':
      return <Session {...props} session={view.session} />;
  }
}
