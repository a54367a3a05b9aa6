// sliders.js -- a slider for each value that the chapter lets a reader set
// (cell_value in common/cell/cell.h), under the block that declares it. Moving it
// runs the cells of that block again; all other runs take its value, too.

import { element } from './blocks.js';

// [{ name, standard, least, most, whole }], as the program lists them: build.mjs.
const values = JSON.parse(document.currentScript.dataset.values || '[]');
const STEPS = 200, PATIENCE = 1000;     // of a slider; milliseconds

// Between the ends of a slider, 0 and 1, and those of a value: by equal factors
// where the value may be fifty times as large as at least, else by equal steps.
function scaleOf({ least, most, whole }) {
    const factors = least > 0 && most / least >= 50;
    return {
        steps: whole ? Math.min(STEPS, most - least) : STEPS,
        at: value => factors ? Math.log(value / least) / Math.log(most / least)
                             : (value - least) / (most - least),
        value(at) {
            const exact = factors ? least * (most / least) ** at
                                  : least + (most - least) * at;
            return whole ? Math.round(exact) : Number(exact.toPrecision(3));
        },
    };
}

// A box to tick for what is 0 or 1, else a slider. -> { label, value(), reset() }
function control(one, move) {
    const label = element('label', '', ''), input = element('input', '');
    const name = element('code', '', one.name), shown = element('output', '');
    const isTick = one.whole && one.least === 0 && one.most === 1;
    const scale = scaleOf(one), { steps } = scale;
    const start = Math.round(steps * scale.at(one.standard));
    const value = () => isTick ? Number(input.checked)
        : Number(input.value) === start ? one.standard
        : scale.value(Number(input.value) / steps);
    const show = () => {
        input.dataset.value = value();
        if (isTick)
            return;
        shown.textContent = value();
        input.setAttribute('aria-valuetext', value());
    };
    input.type = isTick ? 'checkbox' : 'range';
    if (!isTick)
        Object.assign(input, { min: 0, max: steps, step: 1 });
    const reset = () => {
        if (isTick)
            input.checked = one.standard === 1;
        else
            input.value = start;
        show();
    };
    reset();
    input.addEventListener('input', () => { show(); move(); });
    label.append(name, ' ', input, ' ', shown);
    return { label, value, reset };
}

// -> a function: what stands on the command line for what was moved.
export function addSliders(blocks, runBlock) {
    const all = [];
    for (const one of values) {
        const declares = new RegExp(
            `^static (double|int) ([^;]*, )?${one.name} =`, 'm');
        const block = blocks.find(b => declares.test(b.original))?.whole;
        if (!block)
            continue;
        block.sliders ??= addBar(block);
        const made = control(one, block.sliders.move);
        block.sliders.bar.insertBefore(made.label, block.sliders.back);
        all.push({ name: one.name, standard: one.standard, ...made });
        block.sliders.list.push(made);
    }
    function addBar(block) {
        const bar = element('div', 'live-bar live-sliders'), list = [];
        const back = element('button', '', 'As printed');
        back.type = 'button';
        bar.append(back);
        block.bar.after(bar);
        let begun = null, again = false;
        async function move() {
            if (begun !== null) {       // what takes long is not waited for
                again = true;
                if (performance.now() - begun > PATIENCE)
                    block.stop?.('stopped');
                return;
            }
            try {
                do {
                    again = false;
                    begun = performance.now();
                    await runBlock(block);
                } while (again);
            } finally {
                begun = null;
            }
        }
        back.addEventListener('click', () => {
            list.forEach(each => each.reset());
            move();
        });
        return { bar, back, list, move, isIdle: () => begun === null };
    }
    return () => all.filter(each => each.value() !== each.standard)
        .flatMap(each => ['--set', `${each.name}=${each.value()}`]);
}
