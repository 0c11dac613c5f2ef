/** What Atelier Lin sells. Prices in euros, taxes included. */
export type Colour = { key: string; name: string; fill: string; background: string };
export type Cut = "classic" | "band" | "short";
export type Weave = "plain" | "twill" | "stripes" | "broad" | "check";

export type Product = {
  slug: string;
  name: string;
  material: string;
  note: string;
  price: number;
  cut: Cut;
  weave: Weave;
  /** The second colour of a weave. */
  thread: string;
  colours: [Colour, ...Colour[]];
  isNew?: true;
};

export const SIZES = ["XS", "S", "M", "L", "XL", "XXL"] as const;
export const SOLD_OUT = "XXL";

const ECRU: Colour = { key: "ecru", name: "Écru", fill: "#f4f1e8", background: "#dcd6ca" };
const SAUGE: Colour = { key: "sauge", name: "Sauge", fill: "#8a9c84", background: "#e8ebe4" };
const ENCRE: Colour = { key: "encre", name: "Encre", fill: "#26344a", background: "#e5e7e9" };
const BRIQUE: Colour = { key: "terre-cuite", name: "Terre cuite", fill: "#bd7655", background: "#f0e8e3" };
const CIEL: Colour = { key: "ciel", name: "Ciel", fill: "#d3dfeb", background: "#edefec" };
const BLANC: Colour = { key: "blanc", name: "Blanc", fill: "#fbfaf7", background: "#e8e9ec" };
const ROSE: Colour = { key: "rose", name: "Rose thé", fill: "#ecd3cc", background: "#f3ebe8" };
const ARDOISE: Colour = { key: "ardoise", name: "Ardoise", fill: "#66717b", background: "#e9eaea" };

export const PRODUCTS: readonly Product[] = [
  {
    slug: "belle-ile",
    name: "Chemise lin « Belle-Île »",
    material: "Lin",
    note: "Lin lavé de Normandie",
    price: 105,
    cut: "classic",
    weave: "plain",
    thread: "#ffffff",
    colours: [ECRU, SAUGE, ENCRE, BRIQUE],
  },
  {
    slug: "rivoli",
    name: "Chemise Oxford « Rivoli »",
    material: "Coton",
    note: "Coton oxford, col boutonné",
    price: 89,
    cut: "classic",
    weave: "twill",
    thread: "#a9bdd3",
    colours: [CIEL, ROSE],
  },
  {
    slug: "canebiere",
    name: "Chemise popeline « Canebière »",
    material: "Coton",
    note: "Popeline rayée, poignets simples",
    price: 95,
    cut: "classic",
    weave: "stripes",
    thread: "#4f74a8",
    colours: [BLANC],
    isNew: true,
  },
  {
    slug: "encre",
    name: "Chemise twill « Encre »",
    material: "Coton",
    note: "Twill de coton, coupe droite",
    price: 95,
    cut: "classic",
    weave: "plain",
    thread: "#ffffff",
    colours: [ENCRE, ARDOISE],
  },
  {
    slug: "sauge",
    name: "Chemise col Mao « Sauge »",
    material: "Lin",
    note: "Lin et coton, col officier",
    price: 98,
    cut: "band",
    weave: "plain",
    thread: "#ffffff",
    colours: [SAUGE, ECRU],
  },
  {
    slug: "luberon",
    name: "Chemise lin « Luberon »",
    material: "Lin",
    note: "Lin teint en pièce",
    price: 105,
    cut: "classic",
    weave: "plain",
    thread: "#ffffff",
    colours: [BRIQUE, ECRU],
  },
  {
    slug: "perche",
    name: "Chemise à carreaux « Perche »",
    material: "Coton",
    note: "Flanelle légère à carreaux",
    price: 92,
    cut: "classic",
    weave: "check",
    thread: "#7c9c86",
    colours: [BLANC],
  },
  {
    slug: "biarritz",
    name: "Chemisette « Biarritz »",
    material: "Coton",
    note: "Rayures larges, manches courtes",
    price: 75,
    cut: "short",
    weave: "broad",
    thread: "#dda48d",
    colours: [BLANC],
  },
  {
    slug: "cabourg",
    name: "Chemisette lin « Cabourg »",
    material: "Lin",
    note: "Lin lavé, manches courtes",
    price: 79,
    cut: "short",
    weave: "plain",
    thread: "#ffffff",
    colours: [CIEL, ECRU, SAUGE],
    isNew: true,
  },
  {
    slug: "vendome",
    name: "Chemise popeline « Vendôme »",
    material: "Coton",
    note: "Popeline blanche, col italien",
    price: 99,
    cut: "classic",
    weave: "plain",
    thread: "#ffffff",
    colours: [BLANC, CIEL],
  },
  {
    slug: "ouessant",
    name: "Chemise col Mao « Ouessant »",
    material: "Lin",
    note: "Lin épais, col officier",
    price: 110,
    cut: "band",
    weave: "twill",
    thread: "#4a5862",
    colours: [ARDOISE, ENCRE],
  },
  {
    slug: "giverny",
    name: "Chemise oxford « Giverny »",
    material: "Coton",
    note: "Oxford rose thé, coupe ajustée",
    price: 89,
    cut: "classic",
    weave: "twill",
    thread: "#dcb5ab",
    colours: [ROSE, CIEL],
  },
];

export const productOf = (slug: string): Product | undefined => PRODUCTS.find((one) => one.slug === slug);

export const colourOf = (product: Product, key: string): Colour =>
  product.colours.find((one) => one.key === key) ?? product.colours[0];

/** As French shops write it: in whole euros, or with `cents`. */
export function euros(amount: number, cents = false): string {
  const digits = cents ? { minimumFractionDigits: 2 } : { maximumFractionDigits: 0 };
  return new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR", ...digits }).format(amount);
}
