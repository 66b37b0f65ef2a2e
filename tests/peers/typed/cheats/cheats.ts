// What must be found in a program, a line each: a check that finds nothing here would find nothing elsewhere.

export const cast = {} as { id: string };
export const older = <string>JSON.stringify(1);
export const assured = [1].at(0)!;
export const said: any = 1;
export const parsed = JSON.parse('1');
export const looked = (value: unknown): value is string => value !== 1;
// @ts-expect-error the compiler is right
export const wrong: string = 1;
export class Later { id!: string; }
