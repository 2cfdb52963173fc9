/** Month (1 to 12) of its English abbreviation at `at`, in any case; 0 when there is none. The caller sees to it that three bytes are there. */
export function monthAt(bytes: Uint8Array, at: number): number {
  switch (lowerThree(bytes, at)) {
    case 0x6a616e:
      return 1;
    case 0x666562:
      return 2;
    case 0x6d6172:
      return 3;
    case 0x617072:
      return 4;
    case 0x6d6179:
      return 5;
    case 0x6a756e:
      return 6;
    case 0x6a756c:
      return 7;
    case 0x617567:
      return 8;
    case 0x736570:
      return 9;
    case 0x6f6374:
      return 10;
    case 0x6e6f76:
      return 11;
    case 0x646563:
      return 12;
    default:
      return 0;
  }
}

export function isWeekdayAt(bytes: Uint8Array, at: number): boolean {
  switch (lowerThree(bytes, at)) {
    case 0x6d6f6e:
    case 0x747565:
    case 0x776564:
    case 0x746875:
    case 0x667269:
    case 0x736174:
    case 0x73756e:
      return true;
    default:
      return false;
  }
}

function lowerThree(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! | 0x20) << 16) | ((bytes[at + 1]! | 0x20) << 8) | (bytes[at + 2]! | 0x20);
}
