/** What a sound means, the same on every device of the shop. */
export type Meaning = 'yes' | 'no' | 'ask' | 'warning';

/** Hertz and seconds of each tone; meanings differ in rhythm as well as in pitch, so that no ear is left out. */
const tunes: Record<Meaning, readonly (readonly [hertz: number, seconds: number])[]> = {
  yes: [
    [660, 0.09],
    [990, 0.14],
  ],
  no: [[180, 0.45]],
  ask: [
    [520, 0.1],
    [520, 0.1],
    [620, 0.16],
  ],
  warning: [
    [740, 0.16],
    [590, 0.24],
  ],
};
/** Milliseconds on and off. */
const buzzes: Record<Meaning, number[]> = {
  yes: [60],
  no: [300],
  ask: [60, 80, 60],
  warning: [120, 80, 120],
};

let context: AudioContext | undefined;

/** Plays the meaning and lets the device buzz where it can. Silent where the browser does not allow sound yet. */
export function sound(meaning: Meaning): void {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    let at = context.currentTime + 0.01;
    for (const [hertz, seconds] of tunes[meaning]) {
      tone(context, hertz, at, seconds);
      at += seconds + 0.06;
    }
  } catch {
    // no audio device: the screen says the same in words and colour
  }
  if ('vibrate' in navigator) navigator.vibrate(buzzes[meaning]);
}

function tone(audio: AudioContext, hertz: number, at: number, seconds: number) {
  const oscillator = audio.createOscillator();
  const volume = audio.createGain();
  oscillator.type = 'triangle';
  oscillator.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.3, at + 0.015);
  volume.gain.setValueAtTime(0.3, at + seconds - 0.03);
  volume.gain.linearRampToValueAtTime(0, at + seconds);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}
