namespace AudienceSync.Host.Tests.Attack;

/// <summary>How much is sent and how often what is killed.</summary>
/// <param name="Patience">For all of the sending, and again for the lists to become right.</param>
internal sealed record KillPlan(int Seed, int Events, int HostKills, int ServerKills, TimeSpan Patience);
