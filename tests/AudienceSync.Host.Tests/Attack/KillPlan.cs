namespace AudienceSync.Host.Tests.Attack;

/// <summary>How many events are sent, and how often each process is killed.</summary>
/// <param name="TimeLimit">Applies to the sending, and again to the wait until the lists are right.</param>
internal sealed record KillPlan(int Seed, int Events, int HostKills, int ServerKills, TimeSpan TimeLimit);
