namespace WsCluster.Tests.Harness;

/// <summary>A process under test ended when it should have become ready.</summary>
internal sealed class ProcessEndedException(string message) : Exception(message);
