/** Told apart by those who see colours differently too (Okabe and Ito), on white and on black. */
export const colours = ['#0b7fc4', '#e8710a', '#0a9d77', '#c2569b', '#b58900', '#5b6ee1', '#d6336c', '#6b7a89'] as const;

export const colourOf = (index: number): string => colours[index % colours.length] ?? colours[0];
