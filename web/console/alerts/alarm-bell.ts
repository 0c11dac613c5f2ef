/**
 * The sound of an offer: two soft notes made by the browser, no file.
 *
 * A browser lets a page sound only after the person has touched it, so `wake` is called at the first touch, and
 * `ring` says whether anything could be heard.
 */
import { signal } from "@preact/signals";

const SOUND_KEY = "aparte:sound";
const NOTES_HZ = [659.25, 880];
const NOTE_SECONDS = 0.18;
const VOLUME = 0.12;

/** Whether offers make a sound on this device. */
export const soundOn = signal(localStorage.getItem(SOUND_KEY) !== "off");
let audio: AudioContext | null = null;

/** Turn the sound of offers on or off, and remember it. */
export function setSound(on: boolean): void {
  soundOn.value = on;
  localStorage.setItem(SOUND_KEY, on ? "on" : "off");
}

/** The person has touched the page: from now on it may sound. */
export function wake(): void {
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
}

/** Ring once. False where the browser does not let this page sound yet. */
export async function ring(): Promise<boolean> {
  if (audio === null) return false;
  if (audio.state === "suspended") await audio.resume();
  if (audio.state !== "running") return false;
  const context = audio;
  NOTES_HZ.forEach((pitch, place) => sound(context, pitch, context.currentTime + place * NOTE_SECONDS));
  return true;
}

function sound(context: AudioContext, pitch: number, from: number): void {
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, from);
  loudness.gain.linearRampToValueAtTime(VOLUME, from + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.001, from + NOTE_SECONDS * 2);
  tone.connect(loudness).connect(context.destination);
  tone.start(from);
  tone.stop(from + NOTE_SECONDS * 2);
}
