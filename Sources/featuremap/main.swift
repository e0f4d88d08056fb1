print("featuremap")
