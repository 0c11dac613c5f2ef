/**
 * The shop's pages as HTML, written at build into the shell that Vite made of `index.html`.
 *
 * Shapes  `shopPages(shell)` gives file paths below the output folder and their text.
 */
import { euros, PRODUCTS, SIZES, SOLD_OUT, type Product } from "./catalogue.ts";
import { shirt, VIEWS } from "./shirt.ts";

type Page = { kind: string; title: string; body: string };

export function shopPages(shell: string): Record<string, string> {
  const pages: Record<string, Page> = {
    "shop/index.html": list(),
    "shop/cart.html": { kind: "cart", title: "Mon panier", body: CART },
    "shop/checkout/1.html": checkout(1, "Coordonnées", ADDRESS),
    "shop/checkout/2.html": checkout(2, "Livraison", DELIVERY),
    "shop/checkout/3.html": checkout(3, "Paiement", PAYMENT),
    "shop/merci.html": { kind: "thanks", title: "Merci", body: THANKS },
    "shop/404.html": story(
      "Page introuvable",
      "Cette page n’existe pas, ou n’existe plus. Les chemises, elles, sont toujours là.",
      "missing",
    ),
    "shop/femme.html": story(
      "Femme",
      "La collection femme est en couture. Elle arrive au printemps, dans les mêmes lins.",
    ),
    "shop/le-lin.html": story(
      "Le lin",
      "Semé en mars en Normandie, fleuri cinq jours en juin, roui au champ, tissé dans le Nord. Il ne demande ni arrosage ni hâte.",
    ),
    "shop/latelier.html": story(
      "L’atelier",
      "Onze couturières et couturiers à Guise, dans l’Aisne. Une chemise passe par dix-neuf mains et une seule pesée : la vôtre.",
    ),
  };
  for (const one of PRODUCTS) pages[`shop/product/${one.slug}.html`] = product(one);
  return Object.fromEntries(
    Object.entries(pages).map(([file, { kind, title, body }]) => [
      file,
      shell
        .replace("<title>Atelier Lin</title>", `<title>${title} · Atelier Lin</title>`)
        .replace("<body>", `<body data-page="${kind}">`)
        .replace(/<main id="contenu">\s*<\/main>/, `<main id="contenu" class="${kind}">${body}</main>`),
    ]),
  );
}

function list(): Page {
  const select = (name: string, label: string, options: [string, string][]) =>
    `<label>${label}<select name="${name}">${options.map(([value, text]) => `<option value="${value}">${text}</option>`).join("")}</select></label>`;
  return {
    kind: "list",
    title: "Chemises",
    body: `<nav class="crumbs" aria-label="Fil d’Ariane"><a href="/shop/">Accueil</a> / <span>Homme</span> / <span>Chemises</span></nav>
<div class="list-head"><h1>Chemises <small data-models aria-live="polite">${PRODUCTS.length} modèles</small></h1>
<form class="filters" aria-label="Filtrer et trier">
${select("material", "Matière", [
  ["", "toutes"],
  ["Lin", "lin"],
  ["Coton", "coton"],
])}
${select("cut", "Col", [
  ["", "tous"],
  ["classic", "classique"],
  ["band", "officier"],
  ["short", "manches courtes"],
])}
${select("price", "Prix", [
  ["", "tous"],
  ["90", "jusqu’à 90 €"],
  ["100", "jusqu’à 100 €"],
])}
${select("sort", "Trier", [
  ["", "nos préférées"],
  ["up", "prix croissant"],
  ["down", "prix décroissant"],
])}
</form></div>
<ul class="grid">${PRODUCTS.map(card).join("")}</ul>
<p class="none" hidden>Aucune chemise ne correspond. <a href="/shop/">Tout voir</a></p>`,
  };
}

function card(one: Product): string {
  return `<li data-slug="${one.slug}" data-material="${one.material}" data-cut="${one.cut}" data-price="${one.price}">
<a href="/shop/product/${one.slug}">${shirt(one, one.colours[0], one.slug)}${one.isNew ? '<span class="new">Nouveau</span>' : ""}
<span class="row"><span class="name">${one.name}</span><span>${euros(one.price)}</span></span><span class="quiet">${one.note}</span></a></li>`;
}

const radio = (group: string, value: string, label: string, checked: boolean, extra = "") =>
  `<label class="${group}"${extra}><input type="radio" name="${group}" value="${value}"${checked ? " checked" : ""}${value === SOLD_OUT ? " disabled" : ""}/>${label}</label>`;
const swatch = (fill: string) =>
  `<svg viewBox="0 0 30 30" aria-hidden="true"><circle cx="15" cy="15" r="14.5" fill="${fill}" stroke="#b9bab4"/></svg>`;

function product(one: Product): Page {
  const [first] = one.colours;
  return {
    kind: "product",
    title: one.name,
    body: `<div class="gallery"><div class="thumbs">${["La chemise", "Le col", "Le poignet", "Le bas"]
      .map((name, at) => {
        const picture = shirt(one, first, `t${at}`).replace(
          `viewBox="${VIEWS[0]}"`,
          `viewBox="${VIEWS[at]}"`,
        );
        return `<button type="button" data-view="${at}" aria-pressed="${at === 0}" aria-label="${name}">${picture}</button>`;
      })
      .join("")}</div><div class="picture">${shirt(one, first, "main", one.name)}</div></div>
<form class="details" data-slug="${one.slug}">
<nav class="crumbs" aria-label="Fil d’Ariane"><a href="/shop/">Homme</a> / <a href="/shop/">Chemises</a> / <span>${one.material}</span></nav>
<h1>${one.name}</h1><p class="quiet">${one.note} · fabriquée à Guise, Aisne</p>
<p class="price">${euros(one.price)}</p>
<fieldset><legend>Couleur : <span class="quiet" data-colour>${first.name}</span></legend><div class="swatches">${one.colours
      .map((colour, at) =>
        radio(
          "colour",
          colour.key,
          `${swatch(colour.fill)}<span class="hidden">${colour.name}</span>`,
          at === 0,
        ),
      )
      .join("")}</div></fieldset>
<fieldset><legend>Taille</legend><div class="sizes">${SIZES.map((size) => radio("size", size, size, size === "M", size === SOLD_OUT ? ' title="Épuisée"' : "")).join("")}</div></fieldset>
<button class="primary">Ajouter au panier</button>
<p class="added" role="status"></p>
<ul class="promises"><li>Livraison offerte dès 120 €</li><li>Retours gratuits sous 30 jours</li><li>Coupe ample : prenez votre taille habituelle</li></ul>
</form>`,
  };
}

const SUMMARY = `<aside class="summary" aria-labelledby="recap"><h2 id="recap">Récapitulatif</h2><dl><div><dt>Sous-total</dt><dd data-subtotal></dd></div><div><dt>Livraison</dt><dd data-shipping></dd></div><div class="total"><dt>Total TTC</dt><dd data-total></dd></div></dl>`;
const CART = `<div class="lines-side"><h1>Mon panier</h1><p class="quiet" data-articles aria-live="polite"></p><ul class="lines"></ul>
<p class="none" hidden>Votre panier est vide. <a href="/shop/">Voir les chemises</a></p></div>
${SUMMARY}<a class="primary" href="/shop/checkout/1">Passer commande</a><p class="quiet small">Paiement sécurisé · CB, PayPal, 3× sans frais</p></aside>`;

function checkout(step: number, title: string, fields: string): Page {
  const steps = ["Coordonnées", "Livraison", "Paiement"]
    .map((name, at) => `<li${at + 1 === step ? ' aria-current="step"' : ""}>${at + 1}. ${name}</li>`)
    .join("");
  const button = step === 3 ? "Payer la commande" : "Continuer";
  return {
    kind: "checkout",
    title,
    body: `<form class="checkout-form" data-step="${step}"><ol class="steps">${steps}</ol><h1>${title}</h1>${fields}
<div class="actions"><button class="primary">${button}</button><a href="${step === 1 ? "/shop/cart" : `/shop/checkout/${step - 1}`}">Revenir</a></div></form>
${SUMMARY}</aside>`,
  };
}

const field = (name: string, label: string, type: string, complete: string) =>
  `<label class="field">${label}<input name="${name}" type="${type}" autocomplete="${complete}" required/></label>`;
const choice = (name: string, value: string, label: string, note: string, checked = false) =>
  `<label class="choice"><input type="radio" name="${name}" value="${value}"${checked ? " checked" : ""}/><span>${label}<small>${note}</small></span></label>`;
const ADDRESS = [
  field("email", "Adresse électronique", "email", "email"),
  field("name", "Nom et prénom", "text", "name"),
  field("street", "Adresse", "text", "street-address"),
  `<div class="pair">${field("postcode", "Code postal", "text", "postal-code")}${field("city", "Ville", "text", "address-level2")}</div>`,
].join("");
const DELIVERY = `<fieldset><legend class="hidden">Mode de livraison</legend>${choice("tier", "domicile", "À domicile", "2 à 3 jours ouvrés · offerte dès 120 €, sinon 6 €", true)}${choice("tier", "relais", "En point relais", "3 à 4 jours ouvrés · offerte")}</fieldset>`;
const PAYMENT = `<p class="demo">Boutique de démonstration : aucune carte n’est demandée, rien n’est débité.</p><fieldset><legend class="hidden">Moyen de paiement</legend>${choice("payment", "cb", "Carte bancaire", "CB, Visa, Mastercard", true)}${choice("payment", "paypal", "PayPal", "Vous confirmez chez PayPal")}${choice("payment", "3x", "3× sans frais", "Dès 90 €")}</fieldset>`;
const THANKS = `<h1>Merci, votre commande est passée</h1><p>Commande <strong data-order></strong>, <span data-paid></span>. Un message de confirmation vous est envoyé.</p><p><a class="primary" href="/shop/">Revenir aux chemises</a></p>`;

function story(title: string, text: string, kind = "story"): Page {
  return {
    kind,
    title,
    body: `<h1>${title}</h1><p>${text}</p><p><a class="primary" href="/shop/">Voir les chemises</a></p>`,
  };
}
