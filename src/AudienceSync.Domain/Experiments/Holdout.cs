namespace AudienceSync.Domain.Experiments;

/// <summary>What a fold must know of the experiment that runs on an audience: who of its members is held out.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Salt">What is hashed with the person, so that each experiment divides people in another way.</param>
/// <param name="HoldoutShare">How many of <see cref="ArmRule.Buckets"/> are held out.</param>
public sealed record Holdout(string Experiment, string Salt, int HoldoutShare);
