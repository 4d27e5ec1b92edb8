// The library for plots, which only the page of operators loads.

export { default as Plot } from 'uplot'
