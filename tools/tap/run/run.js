// What the command `tap` loads.

throw new Error('The runner of tap is not installed: npm test runs the tests.')
