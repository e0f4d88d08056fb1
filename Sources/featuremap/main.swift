import FeatureMapCommands

runProgram()
