/**
 * Keeps the invitation off the button that orders. Beside it where the corner is wide enough; on a phone the page
 * gets room below, so that whatever lies under the sheet can be scrolled above it.
 */

const ORDERING =
  "[type=submit],[data-aparte-clear],[href*=checkout],[href*=commande],[href*=order],[class*=checkout],[id*=checkout]";
const SAYS_ORDER = /command|pay(?:er|ment)|acheter|valider|checkout|place order|buy|check out/i;
const AGAIN_MS = 250;

/** Watch `card` and move it to the other corner while it would cover an ordering control. */
export function keepClear(card: HTMLElement): () => void {
  const room = document.createElement("div");
  room.setAttribute("aria-hidden", "true");
  let timer: ReturnType<typeof setTimeout> | undefined;

  const place = (): void => {
    const isSheet = getComputedStyle(card).getPropertyValue("--sheet-form").trim() === "1";
    if (isSheet) {
      card.classList.remove("aside");
      room.style.setProperty("block-size", `${card.offsetHeight}px`);
      if (!room.isConnected) document.body.append(room);
      return;
    }
    room.remove();
    card.classList.remove("aside");
    if (!coversOrder(card)) return;
    card.classList.add("aside");
    if (coversOrder(card)) card.classList.remove("aside");
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(place, AGAIN_MS);
  };

  place();
  addEventListener("resize", soon);
  addEventListener("scroll", soon, { passive: true });
  return () => {
    clearTimeout(timer);
    removeEventListener("resize", soon);
    removeEventListener("scroll", soon);
    room.remove();
  };
}

function coversOrder(card: HTMLElement): boolean {
  const mine = card.getBoundingClientRect();
  const controls = document.querySelectorAll<HTMLElement>(
    "button,a[href],input[type=submit],[data-aparte-clear]",
  );
  return [...controls].some((control) => {
    if (!control.matches(ORDERING) && !SAYS_ORDER.test(control.textContent)) return false;
    const its = control.getBoundingClientRect();
    if (its.width === 0 || its.height === 0) return false;
    return its.left < mine.right && its.right > mine.left && its.top < mine.bottom && its.bottom > mine.top;
  });
}
