/** The demo shop's help: articles a visitor may read, and the answers its agents have ready. All about shirts. */

const article = (title: string, body: string, tags: string[]) => ({
  title,
  body,
  tags,
  locale: "fr" as const,
  status: "published" as const,
});
const canned = (shortcut: string, title: string, body: string, tags: string[]) => ({
  shortcut,
  title,
  body,
  tags,
  locale: "fr" as const,
});

export const DEMO_ARTICLES = [
  article(
    "Choisir sa taille",
    "Prenez une chemise qui vous va, posez-la à plat et mesurez le **tour de cou** bouton fermé et la **carrure** d’une épaule à l’autre. Comparez avec le tableau de la page du produit. Entre deux tailles, prenez la plus grande pour une coupe ample.",
    ["tailles"],
  ),
  article(
    "Coupe ajustée, droite ou ample",
    "La coupe *ajustée* suit la taille, la coupe *droite* laisse 10 cm d’aisance, la coupe *ample* en laisse 16. La longueur des manches est la même pour les trois.",
    ["tailles", "coupes"],
  ),
  article(
    "Longueur des manches",
    "Elle se mesure du milieu de la nuque au poignet, bras légèrement plié. Si vous êtes entre deux longueurs, prenez la plus courte : le lin s’assouplit.",
    ["tailles"],
  ),
  article(
    "Délais de livraison",
    "En France, une commande passée avant 14 h part le jour même et arrive en deux à trois jours ouvrés. En Belgique, en Suisse et au Luxembourg, comptez quatre à cinq jours.",
    ["livraison"],
  ),
  article(
    "Frais de livraison",
    "La livraison coûte 4,90 € en France et elle est offerte à partir de 120 €. En point relais, elle coûte 3,50 €.",
    ["livraison"],
  ),
  article(
    "Suivre son colis",
    "Le numéro de suivi est dans le message d’expédition. Il devient actif le soir du départ.",
    ["livraison"],
  ),
  article(
    "Retourner une chemise",
    "Vous avez 30 jours après la réception. La chemise doit être ni portée ni lavée. L’étiquette de retour est dans le colis, et le retour est gratuit en France.",
    ["retours"],
  ),
  article(
    "Échanger contre une autre taille",
    "Indiquez la taille voulue sur le bon de retour. Nous la mettons de côté dès que votre colis est scanné, et l’envoi est gratuit.",
    ["retours", "tailles"],
  ),
  article(
    "Remboursement",
    "Nous remboursons sur le moyen de paiement d’origine, dans les cinq jours ouvrés après l’arrivée du retour.",
    ["retours", "paiement"],
  ),
  article(
    "Laver et repasser le lin",
    "Lavez à 30 °C, essorez doucement et séchez sur cintre. Le lin se repasse encore humide, à l’envers. Le sèche-linge le raccourcit.",
    ["entretien"],
  ),
  article(
    "Moyens de paiement",
    "Carte bancaire, virement et paiement en trois fois sans frais à partir de 150 €. La carte n’est débitée qu’au départ du colis.",
    ["paiement"],
  ),
  article(
    "Offrir une chemise",
    "Cochez « cadeau » dans le panier : le prix n’apparaît pas dans le colis, et l’échange est possible pendant 60 jours.",
    ["cadeaux", "retours"],
  ),
];

export const DEMO_CANNED = [
  canned("bonjour", "Accueil", "Bonjour, je suis là. Que puis-je vérifier pour vous ?", ["accueil"]),
  canned(
    "taille",
    "Demander les mesures",
    "Quel est le tour de cou d’une chemise qui vous va bien, bouton fermé ? Avec cette mesure, je vous donne la taille.",
    ["tailles"],
  ),
  canned(
    "entre-deux",
    "Entre deux tailles",
    "Nos chemises taillent normalement. Entre deux tailles, je conseille la plus grande en coupe ajustée, la plus petite en coupe ample.",
    ["tailles"],
  ),
  canned(
    "coupe",
    "Les trois coupes",
    "La coupe ajustée suit la taille, la droite laisse 10 cm d’aisance, l’ample en laisse 16.",
    ["tailles"],
  ),
  canned(
    "delai",
    "Délai de livraison",
    "Commandée avant 14 h, votre commande part aujourd’hui et arrive en deux à trois jours ouvrés en France.",
    ["livraison"],
  ),
  canned("frais", "Frais de livraison", "La livraison coûte 4,90 €, et elle est offerte à partir de 120 €.", [
    "livraison",
  ]),
  canned(
    "suivi",
    "Suivi du colis",
    "Pouvez-vous me donner le numéro de commande ? Je regarde où est le colis.",
    ["livraison"],
  ),
  canned(
    "retour",
    "Retour",
    "Vous avez 30 jours, et le retour est gratuit en France : l’étiquette est déjà dans le colis.",
    ["retours"],
  ),
  canned(
    "echange",
    "Échange",
    "Indiquez la taille voulue sur le bon de retour : nous la mettons de côté dès que le colis est scanné.",
    ["retours"],
  ),
  canned(
    "remboursement",
    "Remboursement",
    "Le remboursement arrive sur votre moyen de paiement dans les cinq jours ouvrés après l’arrivée du retour.",
    ["retours"],
  ),
  canned(
    "lavage",
    "Entretien du lin",
    "À 30 °C, séchage sur cintre, repassage encore humide. Sans sèche-linge.",
    ["entretien"],
  ),
  canned("merci", "Au revoir", "Merci de votre visite. Bonne journée.", ["accueil"]),
];
