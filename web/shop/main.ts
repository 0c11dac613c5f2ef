/** What moves in the shop's pages: filters, choice of a shirt, basket, checkout, and the tagging of each. */
import "./shop.css";
import { changeBasket, delivery, emptyBasket, pieces, readBasket, subtotal, type Priced } from "./basket.ts";
import { colourOf, euros, PRODUCTS, productOf, type Product } from "./catalogue.ts";
import { shirt, VIEWS } from "./shirt.ts";
import { itemOf, itemsOf, push, pushSearch } from "./tagging.ts";

const ORDER = "atelier-lin:commande";
const TOLD = "atelier-lin:dites";
type Order = { id: string; value: number; shipping: number; items: ReturnType<typeof itemsOf> };

const find = <T extends Element = HTMLElement>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
};
const write = (selector: string, text: string): void =>
  document.querySelectorAll(selector).forEach((element) => (element.textContent = text));
const plural = (count: number, word: string): string => `${count} ${word}${count > 1 ? "s" : ""}`;
const tier = (): string => sessionStorage.getItem("atelier-lin:livraison") ?? "domicile";

function showCount(): void {
  const count = pieces(readBasket());
  write("[data-count]", String(count));
  find(".bag").setAttribute("aria-label", `Panier, ${plural(count, "article")}`);
}

function showSummary(lines: readonly Priced[]): void {
  const amount = subtotal(lines);
  const cost = delivery(amount, tier());
  write("[data-subtotal]", euros(amount, true));
  write("[data-shipping]", cost === 0 ? "Offerte" : euros(cost, true));
  write("[data-total]", euros(amount + cost, true));
}

function listPage(): void {
  const term = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  const grid = find(".grid");
  const cards = [...grid.querySelectorAll<HTMLElement>("li")];
  const form = find<HTMLFormElement>(".filters");
  const filter = (): void => {
    const { material, cut, price, sort } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    for (const card of cards) {
      const { dataset } = card;
      card.hidden =
        (!!material && dataset["material"] !== material) ||
        (!!cut && dataset["cut"] !== cut) ||
        (!!price && Number(dataset["price"]) > Number(price)) ||
        !matches(card.textContent ?? "", term);
    }
    const sign = sort === "up" ? 1 : sort === "down" ? -1 : 0;
    grid.append(
      ...cards.toSorted((a, b) => sign * (Number(a.dataset["price"]) - Number(b.dataset["price"]))),
    );
    const shown = cards.filter((card) => !card.hidden).length;
    write("[data-models]", plural(shown, "modèle"));
    find(".none").hidden = shown > 0;
  };
  form.addEventListener("input", filter);
  filter();
  if (term !== "") pushSearch(term);
  const shown = PRODUCTS.filter((one) =>
    cards.some((card) => !card.hidden && card.dataset["slug"] === one.slug),
  );
  push("view_item_list", {
    item_list_name: "Chemises",
    items: shown.map((one, index) => ({ ...itemOf(one, "", ""), index })),
  });
}

/** Every word of `term` is in `text`, accents and capitals apart. */
function matches(text: string, term: string): boolean {
  const plain = (words: string): string => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain(term)
    .split(/\s+/)
    .every((word) => plain(text).includes(word));
}

function productPage(): void {
  const form = find<HTMLFormElement>(".details");
  const product = productOf(form.dataset["slug"] ?? "");
  if (product === undefined) return;
  const chosen = (): { colour: string; size: string } =>
    Object.fromEntries(new FormData(form)) as { colour: string; size: string };
  let view = 0;
  const draw = (): void => showShirt(product, chosen().colour, view);

  form.addEventListener("input", draw);
  for (const button of document.querySelectorAll<HTMLElement>("[data-view]")) {
    button.addEventListener("click", () => {
      view = Number(button.dataset["view"]);
      draw();
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { colour, size } = chosen();
    changeBasket({ slug: product.slug, colour, size }, 1);
    push("add_to_cart", { value: product.price, items: [itemOf(product, colour, size)] });
    showCount();
    const link = Object.assign(document.createElement("a"), {
      href: "/shop/cart",
      textContent: "Voir le panier",
    });
    find(".added").replaceChildren(`Ajoutée, taille ${size}. `, link);
  });
  push("view_item", { value: product.price, items: [itemOf(product, chosen().colour, chosen().size)] });
}

function showShirt(product: Product, key: string, view: number): void {
  const colour = colourOf(product, key);
  write("[data-colour]", colour.name);
  const picture = find(".picture");
  picture.innerHTML = shirt(product, colour, "main", product.name);
  picture.querySelector("svg")?.setAttribute("viewBox", VIEWS[view] ?? VIEWS[0]);
  document.querySelectorAll<HTMLElement>("[data-view]").forEach((button, at) => {
    button.setAttribute("aria-pressed", String(at === view));
    button.innerHTML = shirt(product, colour, `t${at}`);
    button.querySelector("svg")?.setAttribute("viewBox", VIEWS[at] ?? VIEWS[0]);
  });
}

function cartPage(): void {
  const draw = (): void => {
    const lines = readBasket();
    write("[data-articles]", plural(pieces(lines), "article"));
    find(".lines").innerHTML = lines.map(lineOf).join("");
    find(".none").hidden = lines.length > 0;
    find(".summary").hidden = lines.length === 0;
    showSummary(lines);
    showCount();
  };
  find(".lines").addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("button[data-by]");
    const line = readBasket()[Number(button?.closest<HTMLElement>("li")?.dataset["at"] ?? -1)];
    if (button === null || line === undefined) return;
    const by = button.dataset["by"] === "all" ? -line.quantity : Number(button.dataset["by"]);
    changeBasket(line, by);
    const count = Math.abs(by);
    const items = [itemOf(line.product, line.colour, line.size, count)];
    push(by > 0 ? "add_to_cart" : "remove_from_cart", { value: count * line.product.price, items });
    draw();
  });
  draw();
  const lines = readBasket();
  push("view_cart", { value: subtotal(lines), items: itemsOf(lines) });
}

function lineOf({ product, colour, size, quantity, total }: Priced, at: number): string {
  const tint = colourOf(product, colour);
  return `<li data-at="${at}"><a href="/shop/product/${product.slug}" tabindex="-1" aria-hidden="true">${shirt(product, tint, `l${at}`)}</a>
<div><p class="name"><a href="/shop/product/${product.slug}">${product.name}</a></p><p class="quiet">${tint.name} · Taille ${size}</p>
<div class="quantity"><span class="stepper"><button type="button" data-by="-1" aria-label="Un de moins, ${product.name}">−</button><span>${quantity}</span><button type="button" data-by="1" aria-label="Un de plus, ${product.name}">+</button></span>
<button type="button" class="link" data-by="all">Retirer<span class="hidden"> ${product.name}</span></button></div></div><p class="amount">${euros(total, true)}</p></li>`;
}

function checkoutPage(): void {
  const lines = readBasket();
  if (lines.length === 0) return location.replace("/shop/cart");
  const form = find<HTMLFormElement>(".checkout-form");
  const step = Number(form.dataset["step"]);
  const value = subtotal(lines);
  const items = itemsOf(lines);
  showSummary(lines);
  if (step === 1) push("begin_checkout", { value, items });

  form.addEventListener("change", () => {
    const chosen = new FormData(form).get("tier");
    if (typeof chosen === "string") sessionStorage.setItem("atelier-lin:livraison", chosen);
    showSummary(lines);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    if (step === 2) push("add_shipping_info", { value, items, shipping_tier: String(fields.get("tier")) });
    if (step === 3) {
      push("add_payment_info", { value, items, payment_type: String(fields.get("payment")) });
      const id = `AL-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`.toUpperCase();
      const shipping = delivery(value, tier());
      sessionStorage.setItem(
        ORDER,
        JSON.stringify({ id, value: value + shipping, shipping, items } satisfies Order),
      );
      emptyBasket();
    }
    location.assign(step === 3 ? "/shop/merci" : `/shop/checkout/${step + 1}`);
  });
}

function thanksPage(): void {
  const kept = sessionStorage.getItem(ORDER);
  if (kept === null) return location.replace("/shop/");
  const order = JSON.parse(kept) as Order;
  write("[data-order]", order.id);
  write("[data-paid]", euros(order.value, true));
  // Once an order: a reload or a bookmark of this page is not another sale.
  if (sessionStorage.getItem(TOLD) === order.id) return;
  sessionStorage.setItem(TOLD, order.id);
  push("purchase", {
    transaction_id: order.id,
    value: order.value,
    shipping: order.shipping,
    items: order.items,
  });
}

const PAGES: Record<string, () => void> = {
  list: listPage,
  product: productPage,
  cart: cartPage,
  checkout: checkoutPage,
  thanks: thanksPage,
};

const here =
  location.pathname === "/shop/" || location.pathname.startsWith("/shop/product/")
    ? "/shop/"
    : location.pathname;
for (const link of document.querySelectorAll(".site-head nav a")) {
  if (link.getAttribute("href") === here) link.setAttribute("aria-current", "page");
}
showCount();
PAGES[document.body.dataset["page"] ?? ""]?.();
