import { pictureOf } from './wording.ts';

interface PictureProps {
  readonly source: string | undefined;
  readonly class: string;
}

/** A product's picture, whole: never cropped, the ground around it continued in the colour of its corner. */
export function Picture({ source, class: name }: PictureProps) {
  const picture = pictureOf(source);
  if (picture === undefined) return null;
  return (
    <img
      class={name}
      src={picture}
      alt=""
      onLoad={({ currentTarget }) => {
        const colour = cornerOf(currentTarget);
        if (colour !== undefined) currentTarget.style.backgroundColor = colour;
      }}
    />
  );
}

function cornerOf(image: HTMLImageElement): string | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d');
  if (context === null || image.naturalWidth === 0) return undefined;
  context.drawImage(image, 2, 2, 1, 1, 0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
  return alpha === 255 ? `rgb(${red} ${green} ${blue})` : undefined;
}
